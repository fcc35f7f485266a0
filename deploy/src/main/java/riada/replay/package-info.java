/**
 * Derives alerts again from their evidence: {@link riada.replay.Replay} runs model and topology on
 * the tiles that {@link riada.replay.EvidenceReader} finds.
 */
package riada.replay;
