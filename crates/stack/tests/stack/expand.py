"""Expands a SAM template as the deployment does, without a network: JSON on standard input
(functions in their long form), CloudFormation as JSON on standard output."""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

template = json.load(sys.stdin)
for resource in template["Resources"].values():
    if resource["Type"] == "AWS::Serverless::Function":
        # What `sam package` puts there once the function is built.
        code = {"Bucket": "artifacts", "Key": "code.zip"}
        resource.setdefault("Properties", {})["CodeUri"] = code
template.get("Globals", {}).get("Function", {}).pop("CodeUri", None)
# The parser also accepts nothing; then all parameters must have defaults.
parameters = {
    name: it["Default"] for name, it in template.get("Parameters", {}).items() if "Default" in it
}
session = boto3.session.Session(region_name="us-east-1")
expanded = Translator({}, Parser(), None, session).translate(template, parameters)
json.dump(expanded, sys.stdout, indent=1)
