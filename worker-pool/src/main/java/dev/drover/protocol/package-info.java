/**
 * The wire between interchange, managers and workers: {@link dev.drover.protocol.ToManager} and
 * {@link dev.drover.protocol.FromManager} are the messages, {@link dev.drover.protocol.FrameCodec}
 * their MessagePack form, {@link dev.drover.protocol.Session} the sealing of frames.
 *
 * <p>Messages are values; a codec or a session belongs to the one loop that owns its socket.
 * Invariant: no Java serialization here, and every frame starts with a version. {@code
 * docs/protocol.md} describes the bytes.
 */
package dev.drover.protocol;
