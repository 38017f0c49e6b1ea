"""MIME bundles: how a value looks to a person."""

from __future__ import annotations

import base64
import io
import re
import sys
from typing import Any

LONGEST = 1_000_000
"""A text form that is longer is cut, in characters."""

VEGA_LITE = "application/vnd.vegalite.v5+json"
"""The form of Vega-Lite that JupyterLab draws."""

METHODS = {
    "text/html": "_repr_html_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "application/json": "_repr_json_",
}


def is_figure(value: Any) -> bool:
    """Say whether a value is a figure of a plotting library."""
    kinds = type(value).__mro__
    names = {f"{kind.__module__.split('.')[0]}.{kind.__name__}" for kind in kinds}
    return bool(
        names
        & {
            "matplotlib.Figure",
            "plotly.Figure",
            "plotly.BaseFigure",
            "altair.TopLevelMixin",
            "bokeh.Model",
            "plotnine.ggplot",
        }
    )


def bundle_of(value: Any) -> dict[str, Any]:
    """Give a value's MIME bundle, as IPython would, with ``text/plain`` always in it."""
    if type(value) is dict and "vega-lite" in str(value.get("$schema", "")):
        version = "v6" if "/v6" in value["$schema"] else "v5"
        return {f"application/vnd.vegalite.{version}+json": value, "text/plain": "Vega-Lite chart"}
    bundle: dict[str, Any] = {}
    if is_matplotlib(value):
        bundle["image/png"] = png(value)
    else:
        bundle.update(_own_bundle(value))
        for mime, method in METHODS.items():
            form = _call(value, method)
            if form is not None and mime not in bundle:
                bundle[mime] = _as_json(form[0] if isinstance(form, tuple) else form)
    # a widget lives in a kernel; what stands of it afterwards is its text
    bundle.pop("application/vnd.jupyter.widget-view+json", None)
    if "text/plain" not in bundle:
        bundle["text/plain"] = plain(value)
    return {mime: _cut(form) for mime, form in bundle.items()}


def unpacked(value: Any) -> Any:
    """Give what is to be pickled of a figure: of plotly's one that keeps its arrays.

    Plotly pickles a figure with its arrays encoded for the browser, and leaves them so.
    """
    plotly = sys.modules.get("plotly.basedatatypes")
    return _Unpacked(value) if plotly and isinstance(value, plotly.BaseFigure) else value


class _Unpacked:
    def __init__(self, figure: Any) -> None:
        self._figure = figure

    def __reduce__(self) -> Any:
        figure = self._figure
        make, (props,) = figure.__reduce__()
        data = [trace.to_plotly_json() for trace in figure.data]
        return make, ({**props, "data": data},)


def png(figure: Any) -> str:
    """Draw a matplotlib figure as a PNG, in base64, as notebooks do."""
    buffer = io.BytesIO()
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = figure.canvas
    if not hasattr(canvas, "print_png"):
        canvas = FigureCanvasAgg(figure)
    canvas.print_figure(buffer, format="png", bbox_inches="tight", facecolor=figure.get_facecolor())
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def plain(value: Any) -> str:
    """Give a value's ``repr``, or a sentence when it fails."""
    try:
        return repr(value).encode("utf-8", "backslashreplace").decode()
    except Exception as error:
        return f"<{type(value).__name__}: its repr fails with {type(error).__name__}>"


def is_matplotlib(value: Any) -> bool:
    """Say whether a value is a figure of matplotlib."""
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def _own_bundle(value: Any) -> dict[str, Any]:
    own = _call(value, "_repr_mimebundle_")
    if isinstance(own, tuple):
        own = own[0]
    if not isinstance(own, dict):
        return {}
    return dict(_drawable(mime, _as_json(form)) for mime, form in own.items())


def _drawable(mime: str, form: Any) -> tuple[str, Any]:
    """Give altair 6's specifications as version 5, which is what JupyterLab draws.

    The versions differ in how the library is packaged; altair's are valid as both.
    """
    if not re.fullmatch(r"application/vnd\.vegalite\.v6[.+]json", mime):
        return mime, form
    return VEGA_LITE, {**form, "$schema": "https://vega.github.io/schema/vega-lite/v5.json"}


def _call(value: Any, method: str) -> Any:
    if isinstance(value, type) or not hasattr(type(value), method):
        return None
    try:
        return getattr(value, method)()
    except Exception:
        # a form that fails is left out, as in a notebook
        return None


def _as_json(form: Any) -> Any:
    return base64.b64encode(form).decode("ascii") if isinstance(form, bytes) else form


def _cut(form: Any) -> Any:
    if isinstance(form, str) and len(form) > LONGEST and not form.startswith(("iVBOR", "/9j/")):
        return form[:LONGEST] + "…"
    return form
