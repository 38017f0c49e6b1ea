"""What a cell shows in a notebook is kept with its block run: libraries' own ways to show."""

from __future__ import annotations

from tests.unit.blocks.test_output import read_bundle


def _bundles(workshop, body, **given):
    """Run a cell's lines as a block, and give what it showed."""
    lines = body.strip("\n").split("\n")
    text = "".join(f"    {line}\n" if line.strip() else "\n" for line in lines)
    out = workshop.good(
        f"@transformer\ndef f(**kwargs):\n{text}",
        inputs={},
        results=given.pop("results", []),
        body=(3, 2 + len(lines)),
    )
    return [read_bundle(workshop.products, one) for name, one in out.items() if name[0] == "_"]


def test_a_handle_replaces_what_it_showed(workshop):
    bundles = _bundles(
        workshop,
        """
from IPython.display import HTML, display, update_display
h = display(HTML("<i>0</i>"), display_id=True)
for i in range(3):
    h.update(HTML(f"<i>{i}</i>"))
display("named", display_id="n")
update_display("anew", display_id="n")
""",
    )
    assert [one.get("text/html", one["text/plain"]) for one in bundles] == ["<i>2</i>", "'anew'"]


def test_clear_output_forgets_what_was_shown(workshop):
    bundles = _bundles(
        workshop,
        """
from IPython.display import clear_output, display
for i in range(3):
    clear_output(wait=True)
    display(i)
""",
    )
    assert [one["text/plain"] for one in bundles] == ["2"]


def test_an_object_that_shows_itself_is_asked(workshop):
    bundles = _bundles(
        workshop,
        """
class Own:
    def _ipython_display_(self):
        display("by itself")
class Not:
    def _ipython_display_(self):
        raise NotImplementedError
    def __repr__(self):
        return "plain"
display(Own(), Not())
Own()
""",
    )
    assert [one["text/plain"] for one in bundles] == ["'by itself'", "plain", "'by itself'"]


def test_a_captured_cell_shows_nothing_and_keeps_its_results(workshop):
    out = workshop.good(
        "@transformer\ndef f(**kwargs):\n    # %%capture\n    import matplotlib.pyplot as plt\n"
        "    plt.plot([1])\n    display(1)\n    x = 2\n    x\n    return x\n",
        inputs={},
        results=["x"],
        body=(3, 8),
    )
    assert list(out) == ["x"]
    assert workshop.load(out["x"]) == 2


def test_a_widget_leaves_its_text(workshop):
    (shown,) = _bundles(
        workshop,
        """
class Slider:
    def _repr_mimebundle_(self, include=None, exclude=None):
        view = {"version_major": 2, "model_id": "f00"}
        return {"application/vnd.jupyter.widget-view+json": view, "text/plain": "IntSlider(7)"}
Slider()
""",
    )
    assert shown == {"text/plain": "IntSlider(7)"}


def test_plotly_and_altair_leave_their_specifications(workshop):
    bundles = _bundles(
        workshop,
        """
import altair as alt
import pandas as pd
import plotly.graph_objects as go
fig = go.Figure(go.Bar(x=[1], y=[2]))
fig.show()
display(alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="a:Q"))
fig
""",
    )
    mimes = [next(mime for mime in one if "vnd" in mime) for one in bundles]
    assert mimes == [
        "application/vnd.plotly.v1+json",
        "application/vnd.vegalite.v5+json",
        "application/vnd.plotly.v1+json",
    ]


def test_pictures_formulas_and_styled_frames(workshop):
    bundles = _bundles(
        workshop,
        """
import io
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Image, Latex, Markdown
from sklearn.linear_model import LinearRegression
axes = [plt.subplots()[1].plot([1, i]) for i in range(2)]
plt.close("all")
fig, ax = plt.subplots(); ax.plot([1])
data = io.BytesIO(); fig.savefig(data)
display(Image(data.getvalue()), Latex("$x$"), Markdown("*m*"))
display(pd.DataFrame({"a": [1]}).style.highlight_max(), LinearRegression())
plt.figure(); plt.plot([3])
ax
""",
    )
    kinds = ["image/png", "text/latex", "text/markdown", "text/html", "text/html"]
    assert all(kind in one for kind, one in zip(kinds, bundles, strict=False))
    assert "text/plain" in bundles[5]
    assert [("image/png" in one) for one in bundles[6:]] == [True, True]
