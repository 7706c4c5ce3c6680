/**
 * {@code drover bundle}: Drover and a Java runtime in one tarball, for machines that have no Java.
 *
 * <p>Start at {@link dev.drover.cli.bundle.BundleCommand}. {@code RuntimeImage} links the runtime,
 * {@code TarGzFile} packs. All on the main thread. The same Drover and JDK give the same files, but
 * for a few bytes of the JDK's archive of classes.
 */
package dev.drover.cli.bundle;
