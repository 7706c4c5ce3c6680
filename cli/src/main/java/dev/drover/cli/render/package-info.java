/**
 * What a site's people look at before anybody runs there: {@link
 * dev.drover.cli.render.RenderCommand} prints a block's job script as a run would submit it, and
 * asks the scheduler about it; {@link dev.drover.cli.render.TemplatesCommand} shows the templates.
 * Nothing here starts a block: a test leaves no job behind, and all else only reads. Everything is
 * on the main thread.
 */
package dev.drover.cli.render;
