"""What SQL templates know and may call: variables, the run, env, secrets, outputs above."""

from __future__ import annotations

import datetime as dt

import boto3
import pandas as pd
import pytest
from moto import mock_aws

from tests.unit.blocks.sql.desk import rows

FRAME = pd.DataFrame({"id": [4, 5], "name": ["a'", "b"]})


def test_runtime_variables_and_what_the_run_says(desk):
    sql = """SELECT {{ market }} AS market, {{ variables('n') }} AS n, {{ ds }} AS ds,
      {{ execution_date }} AS at, {{ env }} AS env, {{ block_uuid }} AS block,
      {{ variables('n', parse='lambda x: x * 2') }} AS twice, '{{ pipeline_uuid }}' AS p,
      {{ configuration['limit'] }} AS l"""
    got = desk.result(sql, variables={"market": "CA", "n": 2}, configuration={"limit": 9})
    ((market, n, ds, at, env, block, twice, pipeline, limit),) = rows(got)
    assert (market, n, ds, env, block, twice) == ("CA", 2, "2026-11-24", "dev", "block", 4)
    assert at == pd.Timestamp(dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC))
    assert (pipeline, limit) == ("sales", 9)
    assert "no runtime variable q" in desk.error("SELECT {{ variables('q') }}")["message"]


def test_the_environment_and_secrets(desk, monkeypatch):
    monkeypatch.setenv("SHOP_ZONE", "it's")
    monkeypatch.setenv("SHOP_KEY", "a secret")
    sql = (
        "SELECT {{ env_var('SHOP_ZONE') }} AS a, {{ mage_secret_var('shop_key') }} AS b, "
        "{{ env_var('NOT_SET', 'x') }} AS c, {{ json_value('{\"k\": 3}', 'k') }} AS d"
    )
    assert rows(desk.result(sql)) == [("it's", "a secret", "x", 3)]
    error = desk.error("SELECT {{ env_var('NOT_SET') }}")
    assert (error["type"], "NOT_SET is not set" in error["message"]) == ("MissingVariable", True)
    assert (
        "There is no secret none" in desk.error("SELECT {{ mage_secret_var('none') }}")["message"]
    )


def test_a_secret_of_aws(desk, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        boto3.client("secretsmanager").create_secret(Name="db", SecretString="p'w")
        assert rows(desk.result("SELECT {{ aws_secret_var('db') }} AS x")) == [("p'w",)]
        assert desk.error("SELECT {{ aws_secret_var('no') }}")["type"] == "MissingSecret"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("block_output('load', parse=lambda data, vars: data[0]['name'])", "a'"),
        ("block_output('load', parse=lambda data, _: max(row['id'] for row in data))", 5),
        ("block_output('load', parse='lambda data, vars: vars[\"n\"] + data[1][\"id\"]')", 7),
        ("block_output(parse=lambda data, _: data[1]['low'])", 3),
        ("block_output('limits')['low']", 3),
        ("block_output(\n  'limits',\n  parse=lambda d, _: d['low'])", 3),
    ],
)
def test_block_output_gives_what_a_block_above_returned(desk, call, expected):
    above = {"load": {"output_0": FRAME}, "limits": {"output_0": {"low": 3}}}
    got = desk.result(f"SELECT {{{{ {call} }}}} AS x", above, variables={"n": 2})
    assert rows(got) == [(expected,)]


def test_block_output_of_a_block_that_is_not_above_is_refused(desk):
    error = desk.error("SELECT {{ block_output('nope') }}", {"load": {"output_0": 1}})
    assert "nope is no block above" in error["message"]
    error = desk.error("SELECT 1,\n {{ block_output('load', parse=lambda }}", {})
    assert ("cannot be read" in error["message"], error["line"]) == (True, 2)


def test_an_error_below_a_block_output_has_its_line(desk):
    sql = "SELECT {{ block_output('n',\n parse=lambda d, _: d) }}\nFRM t"
    assert desk.error(sql, {"n": {"output_0": 1}})["line"] == 3
