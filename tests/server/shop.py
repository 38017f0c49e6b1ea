"""The small project of these tests: ``load`` gives two rows, ``total`` adds them up."""

from __future__ import annotations

from pathlib import Path


def write_project(place: Path, total: str = "return sum(load['amount'])") -> Path:
    """Write the files of a project with one pipeline of two blocks."""
    files = {
        "metadata.yaml": "project_type: standalone\n"
        "project_uuid: 0123456789abcdef0123456789abcdef\n"
        "variables_dir: .mage_data\n",
        "pipelines/sales/metadata.yaml": PIPELINE,
        "data_loaders/load.py": "import pandas as pd\nfrom mage_jlab import data_loader\n\n\n"
        "@data_loader\ndef load(**kwargs):\n    print('loading', kwargs['limit'])\n"
        "    return pd.DataFrame({'name': ['a', 'b'], 'amount': [1, kwargs['limit']]})\n",
        "transformers/total.py": "from mage_jlab import transformer\n\n\n"
        f"@transformer\ndef total(load, **kwargs):\n    print('adding up')\n    {total}\n",
    }
    for path, text in files.items():
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return place


PIPELINE = """\
blocks:
- all_upstream_blocks_executed: true
  configuration: {}
  downstream_blocks: [total]
  language: python
  name: load
  type: data_loader
  upstream_blocks: []
  uuid: load
- all_upstream_blocks_executed: true
  configuration: {}
  downstream_blocks: []
  language: python
  name: total
  type: transformer
  upstream_blocks: [load]
  uuid: total
name: sales
type: python
uuid: sales
variables:
  limit: 500
  market: CA
"""
