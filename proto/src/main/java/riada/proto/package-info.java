/** The contract between the stages: messages, topics, serdes and what is wrong with bad input. */
package riada.proto;
