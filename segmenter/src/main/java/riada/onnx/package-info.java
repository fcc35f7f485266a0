/** Model folders, devices and ONNX Runtime sessions: everything that knows how a graph is run. */
package riada.onnx;
