"""A peer of `nwbgate browse` that shows the same two voltages: run by `browse.py` with an interpreter that has it.

Prints one line of JSON: where it serves, how to see in the page that it is ready, and how to zoom and to see its end.
"""

import json
import socket
import sys
import threading
import time
import urllib.request

import h5py
import numpy as np

_SERIES = (
    "acquisition/ElectricalSeries",
    "processing/ecephys/FilteredEphys/ElectricalSeriesBaselineSubtracted",
)
_PLOTLY_READY = """() => new Promise((resolve) => {
  const drawn = () => document.querySelector(".js-plotly-plot")?._fullData?.[0]?.x?.length;
  const look = () => (drawn() ? resolve() : setTimeout(look, 50));
  look();
})"""
#: The zoom is over when both traces hold samples of the new window alone, and are drawn.
_PLOTLY_ZOOM = """([start, stop]) => new Promise((resolve) => {
  const plot = document.querySelector(".js-plotly-plot");
  const begun = performance.now();
  const [first, last] = plot.data.map((trace) => trace.x);
  const ends = ["xaxis", "xaxis2"].map((axis) => [[`${axis}.range[0]`, start], [`${axis}.range[1]`, stop]]);
  Plotly.relayout(plot, Object.fromEntries(ends.flat()));
  const look = () => {
    const fresh = plot.data.every((trace, place) => {
      const { x } = plot._fullData[place];
      return trace.x !== [first, last][place] && x[0] >= start - 1 && x.at(-1) <= stop + 1;
    });
    if (fresh || performance.now() - begun > 20000) requestAnimationFrame(() => resolve(performance.now() - begun));
    else setTimeout(look, 2);
  };
  look();
})"""
_BOKEH_READY = """() => new Promise((resolve) => {
  const look = () => (window.Bokeh?.documents?.[0]?.is_idle ? resolve() : setTimeout(look, 50));
  look();
})"""
_BOKEH_ZOOM = """([start, stop]) => new Promise((resolve) => {
  const models = [...Bokeh.documents[0]._all_models.values()];
  const sources = models.filter((model) => model.type === "ColumnDataSource");
  const figures = models.filter((model) => model.type === "Figure");
  const begun = performance.now();
  const before = sources.map((source) => source.data.x);
  figures[0].x_range.setv({ start, end: stop });
  for (const figure of figures) Bokeh.index.find_one(figure).trigger_ranges_update_event();
  const look = () => {
    const fresh = sources.every((source, place) => source.data.x !== before[place]);
    if (fresh || performance.now() - begun > 20000) requestAnimationFrame(() => resolve(performance.now() - begun));
    else setTimeout(look, 2);
  };
  look();
})"""


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def voltages(path: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return times and both voltages of a recording."""
    with h5py.File(path) as file:
        values = [file[name]["data"][()].reshape(-1) for name in _SERIES]
        start = file[_SERIES[0]]["starting_time"]
        times = start[()] + np.arange(len(values[0])) / start.attrs["rate"]
    return times, values


def serve_plotly(path: str, port: int) -> None:
    """Serve the voltages with plotly-resampler and Dash."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots
    from plotly_resampler import FigureResampler

    times, values = voltages(path)
    figure = FigureResampler(make_subplots(rows=2, cols=1, shared_xaxes=True), default_n_shown_samples=2800)
    for row, each in enumerate(values, 1):
        figure.add_trace(go.Scattergl(name=str(row)), hf_x=times, hf_y=each, row=row, col=1)
    figure.show_dash(mode="external", port=port, host="127.0.0.1")


def serve_panel(path: str, port: int) -> None:
    """Serve the voltages with Panel, HoloViews and tsdownsample."""
    import holoviews as hv
    import panel as pn
    from holoviews.operation.downsample import downsample1d

    hv.extension("bokeh")
    times, values = voltages(path)

    def show() -> object:
        curves = [downsample1d(hv.Curve((times, each)), algorithm="minmax", width=1400) for each in values]
        return pn.pane.HoloViews(hv.Layout(curves).cols(1))

    pn.serve(show, port=port, address="127.0.0.1", show=False, threaded=True, websocket_origin="*")


def main() -> None:
    """Serve one peer, and say so when it answers."""
    name, path = sys.argv[1:]
    port = free_port()
    serve, ready, zoom = {
        "plotly-resampler": (serve_plotly, _PLOTLY_READY, _PLOTLY_ZOOM),
        "panel": (serve_panel, _BOKEH_READY, _BOKEH_ZOOM),
    }[name]
    out, sys.stdout = sys.stdout, sys.stderr
    threading.Thread(target=serve, args=(path, port), daemon=True).start()
    address = f"http://127.0.0.1:{port}/"
    while True:
        try:
            urllib.request.urlopen(address).close()
            break
        except OSError:
            time.sleep(0.2)
    print(json.dumps({"address": address, "ready": ready, "zoom": zoom}), file=out, flush=True)
    time.sleep(3600)


if __name__ == "__main__":
    main()
