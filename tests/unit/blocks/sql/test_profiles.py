"""``io_config.yaml``: profiles, templates, secrets, the older form, and what is wrong with it."""

from __future__ import annotations

import builtins
import sys
from pathlib import Path

import pytest

from mage_jlab.blocks.worker.failures import StatedError
from mage_jlab.blocks.worker.sql.dialects import GRAMMARS
from mage_jlab.blocks.worker.sql.functions import Secrets
from mage_jlab.blocks.worker.sql.profiles import Profile, provider_of, read_profile
from mage_jlab.blocks.worker.sql.urls import make_engine


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.delenv("ENV", raising=False)

    def call(text, wanted=None, secrets=None):
        (tmp_path / "io_config.yaml").write_text(text)
        return read_profile(str(tmp_path), wanted, secrets or Secrets())

    return call


def test_env_picks_the_default_profile(read, monkeypatch):
    text = "version: 0.1.1\ndefault: {A: 1}\nprod: {A: 2}\nother: {A: 3}\n"
    assert read(text).get("A") == 1
    monkeypatch.setenv("ENV", "prod")
    assert read(text).get("A") == 2
    assert read(text, "other").get("A") == 3
    monkeypatch.setenv("ENV", "staging")
    assert read(text).name == "default"


def test_values_are_put_in_after_the_yaml_was_read(read, monkeypatch):
    hostile = 'a": {b: c}\n#\'"{{ x }}'
    monkeypatch.setenv("SHOP_PASSWORD", hostile)
    text = (
        "default:\n  A: \"{{ env_var('SHOP_PASSWORD') }}\"\n"
        "  B: {{ mage_secret_var('shop_password') }}\n  C: x-{{ env_var('SHOP_PASSWORD') }}\n"
        "  D: {nested: [\"{{ env_var('SHOP_PASSWORD') }}\"]}\n"
    )
    profile = read(text)
    assert [profile.get(key) for key in "ABC"] == [hostile, hostile, f"x-{hostile}"]
    assert profile.get("D") == {"nested": [hostile]}


def test_only_the_profile_that_is_used_asks_for_its_variables(read, monkeypatch):
    monkeypatch.delenv("NOT_SET", raising=False)
    text = "default: {A: 1}\nother: {A: \"{{ env_var('NOT_SET') }}\"}\n"
    assert read(text).get("A") == 1
    with pytest.raises(StatedError, match="NOT_SET is not set"):
        read(text, "other")


def test_passwords_are_taken_out_of_messages(read):
    secrets = Secrets()
    read("default: {POSTGRES_PASSWORD: open-sesame, POSTGRES_USER: me}", secrets=secrets)
    assert secrets.hidden("no open-sesame for me") == "no *** for me"


def test_the_older_nested_form(read):
    profile = read(
        "default:\n"
        "  PostgreSQL: {database: shop, host: db, password: p, port: 5433, schema: s, user: u}\n"
        "  Duck DB: {database: a.duckdb}\n  trino: {host: t, catalog: c}\n"
    )
    keys = ("POSTGRES_DBNAME", "POSTGRES_HOST", "POSTGRES_PORT", "DUCKDB_DATABASE", "TRINO_HOST")
    assert [profile.get(key) for key in keys] == ["shop", "db", 5433, "a.duckdb", "t"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("default: [", "no YAML"),
        ("- a\n", "no mapping"),
        ("default: {A: {{ nope() }}}", "no template"),
        ("default: {A: '{% if %}'}", "no template"),
        ("default: {A: \"{{ ''.__class__ }}\"}", "no template"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(read, text, words):
    with pytest.raises(StatedError, match=words):
        read(text)


def test_what_is_not_there_is_said(read, tmp_path):
    with pytest.raises(StatedError, match="no profile nope; there are default"):
        read("default: {}", "nope")
    assert read("version: 1").keys == {}
    (tmp_path / "io_config.yaml").unlink()
    assert read_profile(str(tmp_path), None, Secrets()).keys == {}
    with pytest.raises(StatedError, match=r"There is no io_config\.yaml"):
        read_profile(str(tmp_path), "nope", Secrets())


def test_providers_have_mages_names_and_others():
    assert provider_of({}) == "duckdb"
    assert [provider_of({"data_provider": n}) for n in ("sqlserver", "MariaDB", "postgresql")] == [
        "mssql", "mysql", "postgres",
    ]  # fmt: skip
    with pytest.raises(StatedError, match="do not run on druid"):
        provider_of({"data_provider": "druid"})


FULL = {
    "POSTGRES_HOST": "h", "POSTGRES_USER": "u", "POSTGRES_DBNAME": "d", "POSTGRES_PASSWORD": "p:/@",
    "MYSQL_HOST": "h", "MYSQL_USER": "u", "MYSQL_DATABASE": "d", "MYSQL_PASSWORD": "p:/@",
    "SNOWFLAKE_ACCOUNT": "a", "SNOWFLAKE_USER": "u", "SNOWFLAKE_PASSWORD": "p:/@",
}  # fmt: skip


@pytest.mark.parametrize("provider", ["postgres", "mysql", "snowflake", "sqlite"])
def test_a_url_has_the_profiles_parts(provider, tmp_path):
    engine = make_engine(provider, Profile("p", FULL), {"database": "x.db"}, str(tmp_path))
    if provider == "sqlite":
        assert engine.url.database == str(tmp_path / "x.db")
    else:
        assert (engine.url.username, engine.url.password) == ("u", "p:/@")


@pytest.mark.parametrize("provider", ["postgres", "mysql", "snowflake"])
def test_a_profile_that_lacks_a_key_is_said(provider):
    with pytest.raises(StatedError, match=r"The profile p in io_config\.yaml has no"):
        make_engine(provider, Profile("p"), {}, "/")


def test_an_ssh_tunnel_is_the_users_own(tmp_path):
    keys = {**FULL, "POSTGRES_CONNECTION_METHOD": "ssh_tunnel"}
    with pytest.raises(StatedError, match="SSH tunnel"):
        make_engine("postgres", Profile("p", keys), {}, str(tmp_path))
    with pytest.raises(StatedError, match="no port"):
        make_engine("postgres", Profile("p", {**FULL, "POSTGRES_PORT": "x"}), {}, str(tmp_path))


DRIVERS = {
    "postgres": "psycopg", "mysql": "pymysql", "mssql": "pymssql", "snowflake": "snowflake",
    "bigquery": "sqlalchemy_bigquery", "redshift": "psycopg2", "trino": "trino",
    "clickhouse": "clickhouse_connect",
}  # fmt: skip
ASKED = {
    "MSSQL_HOST": "h", "MSSQL_USER": "u", "MSSQL_DATABASE": "d", "REDSHIFT_HOST": "h",
    "REDSHIFT_TEMP_CRED_USER": "u", "REDSHIFT_DBNAME": "d", "TRINO_HOST": "h", "TRINO_USER": "u",
    "CLICKHOUSE_HOST": "h",
}  # fmt: skip


@pytest.mark.parametrize("provider", [name for name in GRAMMARS if name in DRIVERS])
def test_a_missing_driver_names_its_extra(provider, monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.split(".")[0] == DRIVERS[provider]:
            raise ImportError(name=name)
        return real(name, *arguments, **options)

    for name in [n for n in sys.modules if n.split(".")[0] == DRIVERS[provider]]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StatedError, match=rf'pip install "mage_jlab\[{provider}\]"'):
        make_engine(provider, Profile("p", {**FULL, **ASKED}), {}, "/")


@pytest.mark.parametrize("package", ["duckdb", "sqlglot", "jinja2"])
def test_a_missing_package_of_our_own_is_named(desk, package, monkeypatch):
    from mage_jlab.blocks.worker.sql import dialects, duck

    dialects.tokenizer.cache_clear()
    monkeypatch.setattr(duck, "_warm", None)
    for name in [n for n in sys.modules if n.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    error = desk.error("SELECT {{ 1 }}")
    dialects.tokenizer.cache_clear()
    assert error["type"] == "MissingPackage"
    assert f'pip install "{package}"' in error["message"]


def test_a_profile_file_is_read_where_the_project_is(desk, tmp_path: Path):
    desk.profiles("default: {DUCKDB_DATABASE: own.duckdb}")
    desk.result("SELECT 1 AS x", configuration={"data_provider": "duckdb"})
    assert (desk.place / "own.duckdb").exists()
