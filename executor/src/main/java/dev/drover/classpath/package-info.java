/**
 * The user's classes on their way to the nodes: {@link dev.drover.classpath.SubmitterClasspath}
 * says which jars a function needs, {@link dev.drover.classpath.FunctionSerializer} turns it into
 * bytes.
 *
 * <p>Any thread may use both. Invariant: the same content has the same {@link
 * dev.drover.task.ClasspathId}, wherever it lies.
 */
package dev.drover.classpath;
