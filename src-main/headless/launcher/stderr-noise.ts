/**
 * Lines that Chromium writes on machines without a system bus or a graphics card, and on most desktops too. They say
 * nothing about this program and look like failures.
 */
const noise: readonly RegExp[] = [
  /:ERROR:[\w/]*(bus|object_proxy)\.cc[(:]/,
  /:ERROR:[\w/]*(viz_main_impl|gpu_process_host|gpu_channel_manager|gpu_init|gl_utils|gl_display|gl_surface_egl|gl_context_egl|angle_platform_impl|command_buffer_proxy_impl|vaapi_wrapper|x11_software_bitmap_presenter|surface_manager)\.cc[(:]/,
  /:(ERROR|WARNING):[\w/]*(vulkan|skia)\w*\.cc[(:]/,
  /^libva (info|error):/,
  /^(libGL|MESA)(-LOADER)?( error)?:/,
  /^Gtk-(Message|WARNING)/,
  /^\(.*\): (Gtk|GLib|dconf|dbind)(-\w+)?-(WARNING|CRITICAL) \*\*:/,
]

/** Whether a line of Electron's standard error is one that nobody needs. */
export function isNoise(line: string): boolean {
  return noise.some((pattern) => pattern.test(line))
}
