// Says whether the processor draws, as where there is no graphics card. It is asked beside the page,
// which would stand still meanwhile.

/** What cannot be asked here has a card until the map finds otherwise. */
function drawsWithoutCard(): boolean {
  const canvas = "OffscreenCanvas" in globalThis ? new OffscreenCanvas(1, 1) : null;
  const gl = canvas?.getContext("webgl2");
  const told = gl?.getExtension("WEBGL_debug_renderer_info");
  const name = told ? String(gl?.getParameter(told.UNMASKED_RENDERER_WEBGL)) : "";
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

postMessage(drawsWithoutCard());
