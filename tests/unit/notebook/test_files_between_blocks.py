"""Files, folders and tables that one block writes and another reads: the edge between them."""

from __future__ import annotations

import pytest

from tests.unit.notebook.notebooks_made import reading

HEAD = (
    "import glob, json, os, pickle, shutil, sqlite3\nfrom pathlib import Path\n"
    "import joblib\nimport numpy as np\nimport pandas as pd"
)
MEET = [
    ("df.to_csv('data/x.csv')", "y=pd.read_csv('data/x.csv')"),
    ("df.to_csv('data/x.csv')", "y=pd.read_csv(os.path.join('data','x.csv'))"),
    ("df.to_csv('data/x.csv')", "y=pd.read_csv('./data//x.csv')"),
    ("df.to_csv('data/x.csv')", "y=pd.read_csv('data/../data/x.csv')"),
    ("df.to_csv(Path('data')/'x.csv')", "y=pd.read_csv('data/x.csv')"),
    ("d=Path('data')\n(d/'x.txt').write_text('a')", "d=Path('data')\ny=(d/'x.txt').read_text()"),
    ("with open('x.txt','w') as f: f.write('a')", "y=open('x.txt').read()"),
    (
        "with open('x.bin','wb') as f: pickle.dump(df,f)",
        "with open('x.bin','rb') as f: y=pickle.load(f)",
    ),
    ("json.dump([1],open('x.json',mode='w'))", "y=json.load(open('x.json'))"),
    ("joblib.dump(df,'m.joblib')", "y=joblib.load('m.joblib')"),
    ("np.save('a.npy',df)", "y=np.load('a.npy')"),
    ("np.save('a',df)", "y=np.load('a.npy')"),
    ("np.savez('a',df)", "y=np.load('a.npz')"),
    (
        "import matplotlib.pyplot as plt\nplt.plot([1]); plt.savefig('f.png')",
        "from PIL import Image\ny=Image.open('f.png')",
    ),
    ("df.to_parquet('out')", "y=pd.read_parquet('out')"),
    ("df.to_pickle('out')", "y=pd.read_pickle('out')"),
    ("df.to_csv('out/a.csv')", "y=glob.glob('out/*.csv')"),
    ("df.to_csv('out/a.csv')", "y=os.listdir('out')"),
    ("df.to_csv('out/a.csv')", "y=list(Path('out').glob('*.csv'))"),
    (
        "for i in range(3): df.to_csv(f'out/{i}.csv')",
        "y=[pd.read_csv(p) for p in glob.glob('out/*.csv')]",
    ),
    ("name='x.csv'\ndf.to_csv(name)", "y=pd.read_csv('x.csv')"),
    (
        "c=sqlite3.connect('x.db'); df.to_sql('t',c)",
        "c=sqlite3.connect('x.db'); y=pd.read_sql('select * from t',c)",
    ),
    (
        "from sqlalchemy import create_engine\ne=create_engine('sqlite:///x.db'); df.to_sql('t',e)",
        "c=sqlite3.connect('x.db'); y=pd.read_sql('select * from t',c)",
    ),
    ("os.makedirs('out',exist_ok=True)", "df.to_csv('out/x.csv')"),
    ("shutil.rmtree('out')", "y=os.path.exists('out')"),
    ("!wget -q http://x.y/z.csv -O z.csv", "y=pd.read_csv('z.csv')"),
    ("!curl -o z.csv http://x.y/z.csv", "y=pd.read_csv('z.csv')"),
    ("!unzip z.zip -d data", "y=pd.read_csv('data/a.csv')"),
    ("%%writefile helper.py\nx=1", "import helper\ny=helper.x"),
    ("%%bash\necho a > out.txt", "y=open('out.txt').read()"),
    (
        "import urllib.request\nurllib.request.urlretrieve('http://a/b.csv','b.csv')",
        "y=pd.read_csv('b.csv')",
    ),
    ("with pd.ExcelWriter('x.xlsx') as w: df.to_excel(w)", "y=pd.read_excel('x.xlsx')"),
    (
        "import h5py\nwith h5py.File('x.h5','w') as f: f['a']=1",
        "import h5py\nf=h5py.File('x.h5','r'); y=f['a'][:]",
    ),
    ("import torch\ntorch.save(df,'m.pt')", "import torch\ny=torch.load('m.pt')"),
    ("df.to_csv('a.csv.gz')", "import duckdb\ny=duckdb.sql(\"select * from 'a.csv.gz'\").df()"),
    (
        "import duckdb\nduckdb.sql(\"copy (select 1) to 'o.parquet'\")",
        "y=pd.read_parquet('o.parquet')",
    ),
    (
        "import csv\nf=open('x.csv','w',newline='')\nw=csv.writer(f); w.writerow([1]); f.close()",
        "y=pd.read_csv('x.csv')",
    ),
    ("Path('x.txt').touch()", "y=Path('x.txt').exists()"),
    ("os.rename('a.csv','b.csv')", "y=pd.read_csv('b.csv')"),
    ("p='out'\ndf.to_csv(p+'/a.csv')", "y=pd.read_csv('out/a.csv')"),
    ("p='%s/a.csv' % 'out'\ndf.to_csv(p)", "y=pd.read_csv('out/a.csv')"),
    ("df.to_csv('{}/a.csv'.format('out'))", "y=pd.read_csv('out/a.csv')"),
    ("import logging\nlogging.FileHandler('a.log')", "y=open('a.log').read()"),
]
APART = [
    ("y1=pd.read_csv('a.csv')", "y2=pd.read_csv('a.csv')"),
    ("!head a.csv", "y2=pd.read_csv('a.csv')"),
    ("!cat a.csv | wc -l", "y2=pd.read_csv('a.csv')"),
    ("files = !ls data/", "y2=pd.read_csv('data/a.csv')"),
    ("df.to_csv('a.csv')", "y2=pd.read_csv('b.csv')"),
    ("df.to_csv('data/a.csv')", "y2=pd.read_csv('data/b.csv')"),
]


def _edge(writer: str, reader: str) -> bool:
    read = reading(
        ("", HEAD),
        ("data_loader", "df = pd.DataFrame({'a': [1]})"),
        ("data_exporter", writer),
        ("data_loader", reader),
    )
    first, second = [block.name for block in read.blocks][-2:]
    return (first, second) in {(edge.from_, edge.to) for edge in read.analysis.edges}


@pytest.mark.parametrize(("writer", "reader"), MEET)
def test_a_file_that_is_written_orders_its_readers(writer: str, reader: str) -> None:
    assert _edge(writer, reader)


@pytest.mark.parametrize(("writer", "reader"), APART)
def test_what_only_reads_or_names_other_files_is_free(writer: str, reader: str) -> None:
    assert not _edge(writer, reader)


def test_a_module_that_a_block_writes_comes_before_those_that_import_it() -> None:
    read = reading(
        ("data_exporter", "%%writefile tools.py\ndef f():\n    return 1"),
        ("", "from tools import f"),
        ("transformer", "y = f()"),
    )
    assert read.blocks[1].upstream == [read.blocks[0].name]
