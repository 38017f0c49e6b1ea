"""What is known of libraries: which calls change their arguments, which give fresh values, which draw numbers."""

from __future__ import annotations

import builtins
import sys

BUILTINS = frozenset(dir(builtins))

PURE_ROOTS = frozenset(sys.stdlib_module_names) | frozenset(
    "pandas numpy scipy sklearn statsmodels matplotlib seaborn plotly altair polars pyarrow duckdb sqlalchemy requests "
    "httpx bs4 lxml yaml PIL IPython ipywidgets tqdm dateutil pytz networkx xgboost lightgbm catboost joblib cloudpickle "
    "geopandas shapely folium bokeh holoviews hvplot nltk spacy gensim tabulate rich openpyxl boto3 botocore s3fs fsspec "
    "dotenv pydantic mage_jlab mage_ai palmerpenguins vega_datasets missingno wordcloud prophet dask xarray pyspark".split()
)
"""Modules whose functions leave their arguments alone, but for those named below."""

CHANGES_FIRST = frozenset(
    "random.shuffle heapq.heappush heapq.heappop heapq.heapify heapq.heapreplace heapq.heappushpop bisect.insort "
    "bisect.insort_left bisect.insort_right numpy.random.shuffle numpy.put numpy.place numpy.copyto numpy.putmask "
    "numpy.fill_diagonal numpy.put_along_axis operator.setitem operator.delitem operator.iadd joblib.load_into setattr delattr next "
    "matplotlib.pyplot.sca".split()
)
"""Functions that change their first argument in place."""

CHANGING_METHODS = frozenset(
    "append extend insert remove pop popitem clear sort reverse update setdefault discard appendleft extendleft popleft rotate "
    "difference_update intersection_update symmetric_difference_update fill itemset put resize setflags partition "
    "fit fit_transform partial_fit fit_resample fit_predict move_to_end subtract set_params train backward step "
    "__setitem__ __delitem__ __iadd__ add_node add_edge add_nodes_from add_edges_from remove_node remove_edge "
    "setLevel addHandler seek read readline readlines put_nowait get_nowait send throw".split()
)
"""Methods that change what they are called on, whatever that is."""
CHANGING_IF_DISCARDED = frozenset({"add"})
"""Methods that change a set when their value is thrown away; frames have a pure one of the same name."""
PANDAS_CHANGING = frozenset({"insert", "pop", "update", "__setitem__", "__delitem__"})
"""The methods of frames and series that change them without ``inplace=True``."""
DEEP_CHANGING = frozenset({"fit", "train", "step", "backward"})

QUIET_METHODS = frozenset(
    "head tail info describe show display print plot hist boxplot sample value_counts nunique unique mean sum count corr "
    "savefig save close execute executemany commit rollback read_text write_text write_bytes mkdir unlink touch rename "
    "exists debug warning error exception critical log dump dumps keys values items get index copy join split format "
    "style isna isnull memory_usage groupby agg apply map pipe score predict predict_proba transform cursor fetchall".split()
)
"""Methods that change nothing we follow, also where their value is thrown away."""

FRESH_METHODS = frozenset(
    "dropna fillna drop rename merge join groupby agg aggregate apply applymap transform assign query eval astype copy "
    "reset_index set_index sort_values sort_index drop_duplicates head tail sample mean sum count min max median std var "
    "nunique value_counts describe corr pivot pivot_table melt stack unstack explode replace where mask clip round abs diff "
    "shift cumsum cumprod rolling expanding resample rank quantile idxmax idxmin isin between notna isna notnull isnull any all "
    "to_dict to_list tolist to_csv to_json to_string to_frame nlargest nsmallest add sub mul div mod pow concat size first last "
    "combine_first reindex filter select with_columns group_by sort unique collect lazy upper lower strip split lstrip rstrip "
    "title startswith endswith encode decode format join zfill isdigit isalpha casefold capitalize find count index "
    "predict predict_proba score decision_function cumcount ngroup strftime isoformat date time weekday timestamp total_seconds "
    "intersection union difference symmetric_difference issubset most_common fetchall fetchone fetchmany json text "
    "toarray todense argsort argmax argmin dot prod cumsum searchsorted nonzero read_text read_bytes exists is_file with_suffix "
    "with_name glob rglob df fetchdf fetch_df to_pandas to_arrow_table pl to_period to_timestamp tz_localize tz_convert item "
    "get_feature_names_out kneighbors memory_usage mode skew pct_change bfill ffill interpolate align equals compare map_dict crosstab".split()
)
"""Methods whose value shares nothing with what they are called on."""

ALIAS_FUNCTIONS = frozenset(
    "numpy.asarray numpy.asanyarray numpy.ravel numpy.reshape numpy.transpose numpy.atleast_1d numpy.atleast_2d numpy.squeeze "
    "numpy.broadcast_to numpy.swapaxes numpy.moveaxis numpy.expand_dims numpy.split numpy.array_split numpy.flip numpy.rot90 "
    "numpy.diagonal numpy.real numpy.imag numpy.frombuffer numpy.ascontiguousarray numpy.nan_to_num memoryview weakref.ref "
    "typing.cast operator.getitem".split()
)
"""Functions whose value may be a view of their argument."""
SHALLOW_FUNCTIONS = frozenset(
    "list tuple dict set frozenset sorted reversed enumerate zip map filter iter max min next copy.copy itertools.chain "
    "itertools.islice collections.OrderedDict collections.defaultdict collections.deque collections.ChainMap "
    "functools.partial types.SimpleNamespace dataclasses.replace dataclasses.asdict".split()
)
"""Functions whose value is new but holds the same elements."""

KINDS = {
    "iterator": "iter zip map filter enumerate reversed csv.reader csv.DictReader itertools.* glob.iglob os.scandir os.walk",
    "file": "open io.open gzip.open bz2.open lzma.open zipfile.ZipFile tarfile.open tempfile.TemporaryFile "
    "tempfile.NamedTemporaryFile tempfile.TemporaryDirectory csv.writer csv.DictWriter pandas.ExcelWriter pandas.HDFStore h5py.File "
    "os.fdopen codecs.open shelve.open",
    "connection": "sqlite3.connect duckdb.connect psycopg2.connect psycopg.connect pymysql.connect MySQLdb.connect "
    "mysql.connector.connect snowflake.connector.connect pyodbc.connect oracledb.connect sqlalchemy.create_engine "
    "sqlalchemy.engine.create_engine redis.Redis redis.StrictRedis boto3.client boto3.resource boto3.Session "
    "pymongo.MongoClient paramiko.SSHClient ftplib.FTP smtplib.SMTP socket.socket socket.create_connection "
    "google.cloud.bigquery.Client subprocess.Popen trino.dbapi.connect clickhouse_connect.get_client "
    "pyspark.sql.SparkSession.builder.getOrCreate dask.distributed.Client",
    "lock": "threading.Lock threading.RLock threading.Thread threading.Event threading.Condition threading.Semaphore "
    "multiprocessing.* concurrent.futures.ThreadPoolExecutor concurrent.futures.ProcessPoolExecutor queue.Queue "
    "asyncio.* _thread.allocate_lock contextvars.ContextVar",
    "rng": "numpy.random.default_rng numpy.random.RandomState numpy.random.Generator random.Random",
    "figure": "matplotlib.pyplot.subplots",
    "pandas": "pandas.read_* pandas.DataFrame pandas.Series pandas.concat pandas.merge pandas.melt pandas.crosstab pandas.pivot "
    "pandas.pivot_table pandas.get_dummies pandas.cut pandas.qcut pandas.to_datetime pandas.to_numeric pandas.date_range "
    "pandas.json_normalize pandas.merge_asof pandas.to_timedelta pandas.Index pandas.wide_to_long seaborn.load_dataset "
    "vega_datasets.* palmerpenguins.load_penguins",
    "immutable": "len str int float bool bytes round sum abs hash id repr ord chr divmod pow any all range type isinstance "
    "issubclass callable frozenset complex format ascii bin hex oct slice json.dumps pathlib.Path pathlib.PurePath datetime.* "
    "decimal.Decimal fractions.Fraction re.compile os.path.* os.getenv os.environ.get time.* math.* statistics.* hashlib.* "
    "pandas.Timestamp pandas.Timedelta uuid.* logging.getLogger numpy.float64 numpy.int64 base64.*",
    "array": "numpy.*",
}
"""What a call gives, by its dotted name (``*`` stands for the rest)."""

CANNOT_TRAVEL = {
    "iterator": "an iterator, which is used up where it is read",
    "generator": "a generator, which is used up where it is read",
    "file": "an open file",
    "connection": "a connection",
    "lock": "a lock, a thread or a pool",
}
"""Kinds of values that cannot pass from one process to another, in words."""

_EXACT = {name: kind for kind, names in KINDS.items() for name in names.split() if "*" not in name}
_PREFIX = [
    (name[:-1], kind) for kind, names in KINDS.items() for name in names.split() if "*" in name
]


def kind_of(dotted: str) -> str:
    """Give the kind of value that calling a library's function gives; ``unknown`` when nothing is known."""
    if dotted in _EXACT:
        return _EXACT[dotted]
    return next((kind for prefix, kind in _PREFIX if dotted.startswith(prefix)), "unknown")
