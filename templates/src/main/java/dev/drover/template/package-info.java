/**
 * Makes the text of a job script; the one door to FreeMarker.
 *
 * <p>Start at {@link dev.drover.template.ScriptRenderer}: template and {@link
 * dev.drover.template.JobScriptModel} in, script out. No thread owns anything here; a renderer may
 * be shared. Invariant: a value reaches a shell line only through {@link
 * dev.drover.template.ShellQuoting}, in templates as {@code sh(…)}.
 */
package dev.drover.template;
