"""What smtp_exposure/gateways/scripts/collect.ps1 may contain; everything else is refused.

A change here widens what the script may do on somebody's Exchange server: read it that way.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ANY = "any value"
BLOCK = "a literal script block"
SWITCH = "no value"
POSITIONAL = ""

_STOP = {"erroraction": "Stop"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """Allow-lists of the lint; names in small letters, since PowerShell ignores case.

    A command maps its parameters to what each may be given: ANY, BLOCK, SWITCH or exactly one text.
    """

    commands: Mapping[str, Mapping[str, str]]
    functions: frozenset[str]
    call: str
    write: str
    methods: frozenset[str]
    statics: frozenset[str]
    members: frozenset[str]
    casts: frozenset[str]
    parameter_types: frozenset[str]
    operand_types: frozenset[str]
    preferences: frozenset[str]
    constructs: frozenset[str]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


ALLOWED = Allowances(
    commands={
        "get-exchangeserver": _STOP,
        "get-receiveconnector": _STOP,
        "get-adpermission": {"identity": ANY, **_STOP},
        "get-exchangecertificate": {"server": ANY, **_STOP},
        "get-accepteddomain": _STOP,
        "get-sendconnector": _STOP,
        "get-organizationconfig": _STOP,
        "get-transportconfig": _STOP,
        "get-hybridconfiguration": _STOP,
        "get-networkconnectioninfo": {"identity": ANY, **_STOP},
        "get-service": {"computername": ANY, **_STOP},
        "get-ciminstance": {"classname": "Win32_Service", "computername": ANY, **_STOP},
        "get-nettcpconnection": {"state": "Listen", **_STOP},
        "where-object": {POSITIONAL: BLOCK},
        "convertto-json": {"inputobject": ANY, "depth": "8", "compress": SWITCH},
        "convertto-plain": {"value": ANY, "level": ANY},
        "convertto-sid": {"account": ANY},
        "convertto-row": {"item": ANY, "property": ANY, "column": ANY, "target": ANY},
        "read-section": {
            "cmdlet": ANY,
            "property": ANY,
            "column": ANY,
            "targets": ANY,
            "read": BLOCK,
        },
    },
    functions=frozenset({"convertto-plain", "convertto-sid", "convertto-row", "read-section"}),
    call="& $Read $target",
    write="[System.IO.File]::WriteAllText($Path, $json)",
    methods=_words(
        """touniversaltime tostring contains translate gettype getbytes computehash tolowerinvariant
        substring"""
    ),
    statics=_words(
        """system.io.file::exists system.convert::tobase64string system.environment::machinename
        system.globalization.cultureinfo::invariantculture datetime::utcnow system.math::min
        system.text.encoding::utf8 system.security.cryptography.sha256::create
        system.bitconverter::tostring"""
    ),
    members=_words(
        """psobject properties value exception fullname fullyqualifiederrorid message count keys
        length name displayname status startmode localport"""
    ),
    casts=frozenset(
        {"bool", "long", "ordered", "pscustomobject", "system.security.principal.ntaccount"}
    ),
    parameter_types=frozenset({"string", "string[]", "int", "scriptblock"}),
    operand_types=_words(
        """bool datetime byte[] string system.collections.ienumerable byte int16 uint16 int uint32
        long system.security.principal.securityidentifier"""
    ),
    preferences=frozenset({"erroractionpreference", "progresspreference", "warningpreference"}),
    constructs=_words(
        """additive_argument_expression additive_expression argument_expression
        argument_expression_list argument_list array_expression array_literal_expression
        array_type_name assignment_expression assignment_operator assignment_value attribute
        attribute_list attribute_name bitwise_argument_expression bitwise_expression cast_expression
        catch_clause catch_clauses command command_argument_sep command_elements
        command_invocation_operator command_name command_name_expr command_parameter comment
        comparison_argument_expression comparison_expression comparison_operator
        decimal_integer_literal element_access else_clause empty_statement expandable_string_literal
        expression_with_unary_operator flow_control_statement for_condition for_initializer
        for_iterator for_statement foreach_statement format_argument_expression format_expression
        format_operator function_name function_statement generic_token hash_entry hash_literal_body
        hash_literal_expression if_statement integer_literal invocation_expression key_expression
        left_assignment_expression logical_argument_expression logical_expression member_access
        member_name multiplicative_argument_expression multiplicative_expression param_block
        parameter_list parenthesized_expression path_command_name pipeline pipeline_chain program
        range_argument_expression range_expression script_block script_block_body
        script_block_expression script_parameter script_parameter_default simple_name
        statement_block statement_list string_literal try_statement type_identifier type_literal
        type_name type_spec unary_expression variable verbatim_string_characters
        $_ & ( ) + += , - -and -contains -eq -f -is -lt -match -not -notcontains -notmatch -or
        -replace . :: ; = @( @{ [ ] " catch else for foreach function if in param return throw try
        { | }"""
    )
    | {" "},
)
"""The allow-lists for collect.ps1."""
