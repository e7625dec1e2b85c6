// Wheel, drag, pinch and keys.
import { moveWindow, zoomWindow } from "./axis.js";

const WHEEL_ZOOM = 0.0018;
const KEY_ZOOM = 0.6;
const KEY_MOVE = 0.2;

// Lets an element of the width of the axis move and zoom the view. A click that is no drag is passed on.
export function followPointer(element, view, onClick) {
  const down = new Map();
  let moved = 0;
  const timeAt = (x) => {
    const box = element.getBoundingClientRect();
    return view.start + ((x - box.left) / box.width) * view.span;
  };
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 33 : 1;
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      const delta = (sideways ? event.deltaX || event.deltaY : event.deltaY) * lines;
      if (sideways) view.show(moveWindow(view, (delta / element.clientWidth) * view.span, view.whole));
      else view.show(zoomWindow(view, Math.exp(delta * WHEEL_ZOOM), timeAt(event.clientX), view.whole));
    },
    { passive: false },
  );
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, event.clientX);
    moved = 0;
  });
  element.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    if (before === undefined) return;
    moved += Math.abs(event.clientX - before);
    if (down.size === 2) pinch(event, before);
    else if (moved > 3) view.show(moveWindow(view, ((before - event.clientX) / element.clientWidth) * view.span, view.whole));
    down.set(event.pointerId, event.clientX);
  });
  const pinch = (event, before) => {
    const [other] = [...down].filter(([pointer]) => pointer !== event.pointerId).map(([, x]) => x);
    const factor = Math.abs(before - other) / Math.max(Math.abs(event.clientX - other), 4);
    view.show(zoomWindow(view, factor, timeAt((event.clientX + other) / 2), view.whole));
  };
  element.addEventListener("pointerup", (event) => {
    if (down.delete(event.pointerId) && moved <= 3 && onClick) onClick(event, timeAt(event.clientX));
  });
  element.addEventListener("pointercancel", (event) => down.delete(event.pointerId));
}

// Keys of the view: arrows move, + and - zoom, Home shows all, Backspace or u goes back, n and p go to events.
export function followKeys(element, view, jump) {
  const middle = () => (view.start + view.stop) / 2;
  const actions = {
    ArrowLeft: () => view.show(moveWindow(view, -KEY_MOVE * view.span, view.whole)),
    ArrowRight: () => view.show(moveWindow(view, KEY_MOVE * view.span, view.whole)),
    PageUp: () => view.show(moveWindow(view, -view.span, view.whole)),
    PageDown: () => view.show(moveWindow(view, view.span, view.whole)),
    "+": () => view.show(zoomWindow(view, KEY_ZOOM, middle(), view.whole)),
    "=": () => view.show(zoomWindow(view, KEY_ZOOM, middle(), view.whole)),
    "-": () => view.show(zoomWindow(view, 1 / KEY_ZOOM, middle(), view.whole)),
    Home: () => view.show(view.whole),
    Backspace: () => view.undo(),
    u: () => view.undo(),
    n: () => jump(1),
    p: () => jump(-1),
  };
  element.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  });
}
