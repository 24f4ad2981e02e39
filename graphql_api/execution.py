"""One GraphQL request from text to answer: parse, measure, validate, price, pay, run, mask."""

from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    validate,
)
from graphql.execution import get_variable_values
from strawberry import Schema
from strawberry.execution import optimized_is_awaitable

from graphql_api import errors
from graphql_api.context import Context
from graphql_api.cost import Priced, price
from graphql_api.errors import Told
from graphql_api.limits import MAX_CHARACTERS, MAX_TOKENS, check_size
from graphql_api.shortcuts import shorter
from graphql_api.throttle import RESTORE_PER_SECOND, Buckets, Level

KEPT_DOCUMENTS = 256
MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its body has it."""

    query: str
    variables: dict[str, Any]
    operation_name: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer's body. `ran` tells whether anything was executed; `code` is the reason why not."""

    body: dict[str, Any]
    ran: bool = True
    code: str = ""
    retry_after: int = 0


class Refused(Exception):
    """A request that does not run: what is wrong with it."""

    def __init__(self, code: str, found: list[GraphQLError]) -> None:
        super().__init__(code)
        self.code = code
        self.found = found


class Engine:
    """Runs requests against one schema. Documents that were good before are not read again."""

    def __init__(self, schema: Schema, buckets: Buckets) -> None:
        self._executor = shorter(schema)
        self._schema = schema._schema  # the engine's own schema: strawberry has no public name for it
        self._buckets = buckets
        self._documents: OrderedDict[str, DocumentNode] = OrderedDict()

    async def answer(self, asked: Asked, context: Context, payer: str) -> Answer:
        """Run a request; `payer` is whose bucket pays. Never raises for what a client sent."""
        try:
            document = self._document(asked.query)
            operation = _operation(document, asked.operation_name)
            variables = self._variables(operation, asked.variables)
            priced = self._price(document, operation, variables)
        except Refused as refused:
            shaped = [errors.request_error(error, refused.code) for error in refused.found]
            return Answer({"errors": shaped}, ran=False, code=refused.code)
        requested = max(1, priced.requested)
        level = await self._buckets.spend(payer, requested)
        if not level.allowed:
            return _throttled(requested, level)
        context.mutations = _mutations(operation)
        result = await self._run(document, asked, context)
        return await self._told(result, priced, requested, level, payer)

    async def _run(self, document: DocumentNode, asked: Asked, context: Context) -> ExecutionResult:
        running: Awaitable[ExecutionResult] | ExecutionResult = execute(
            self._schema,
            document,
            context_value=context,
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            executor_class=self._executor,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # a plain bool instead of a guard
            hide_suggestions=True,
        )
        return await running if isawaitable(running) else running

    async def _told(self, result: ExecutionResult, priced: Priced, requested: int, level: Level, payer: str) -> Answer:
        actual = max(1, priced.actual(result.data))
        if actual < requested:
            level = await self._buckets.spend(payer, actual - requested)
        cost = {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": level.status()}
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = errors.field_errors(result.errors)
        return Answer({**body, "extensions": {"cost": cost}})

    def _document(self, query: str) -> DocumentNode:
        known = self._documents.get(query)
        if known is not None:
            self._documents.move_to_end(query)
            return known
        document = _parse(query)
        found = validate(self._schema, document, max_errors=MOST_ERRORS, hide_suggestions=True)
        if found:
            raise Refused(errors.VALIDATION_FAILED, found)
        self._documents[query] = document
        if len(self._documents) > KEPT_DOCUMENTS:
            self._documents.popitem(last=False)
        return document

    def _variables(self, operation: OperationDefinitionNode, given: dict[str, Any]) -> dict[str, Any]:
        values = get_variable_values(
            self._schema, operation.variable_definitions or (), given, max_errors=MOST_ERRORS, hide_suggestions=True
        )
        if isinstance(values, list):
            raise Refused(errors.BAD_USER_INPUT, values)
        return values.coerced

    def _price(self, document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]) -> Priced:
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        try:
            return price(self._schema, operation, fragments, variables)
        except Told as dear:
            raise Refused(errors.MAX_COST_EXCEEDED, [dear]) from dear


def _parse(query: str) -> DocumentNode:
    if len(query) > MAX_CHARACTERS:
        too_long = Told(errors.TOO_COMPLEX, f"The query has more than {MAX_CHARACTERS} characters.")
        raise Refused(errors.TOO_COMPLEX, [too_long])
    try:
        document = parse(query, max_tokens=MAX_TOKENS)
        check_size(document)
    except Told as too_large:
        raise Refused(errors.TOO_COMPLEX, [too_large]) from too_large
    except GraphQLError as error:
        raise Refused(errors.PARSE_FAILED, [error]) from error
    return document


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    named = [each for each in operations if name is None or (each.name is not None and each.name.value == name)]
    if len(named) != 1:
        wrong = "Several operations: name one." if named else "There is no such operation."
        raise Refused(errors.BAD_REQUEST, [Told(errors.BAD_REQUEST, wrong)])
    return named[0]


def _mutations(operation: OperationDefinitionNode) -> int:
    if operation.operation is not OperationType.MUTATION:
        return 0
    selections = operation.selection_set.selections
    # A fragment may hold any number of them: whoever hides mutations in one has more than one.
    return sum(1 if isinstance(each, FieldNode) else 2 for each in selections)


def _throttled(requested: int, level: Level) -> Answer:
    missing = requested - level.available
    wait = max(1, -(-missing // RESTORE_PER_SECOND))
    error = Told(errors.THROTTLED, f"Too much in too short a time. Try again in {wait} s.", retryAfter=wait)
    cost = {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": level.status()}
    body = {"errors": [errors.request_error(error, errors.THROTTLED)], "extensions": {"cost": cost}}
    return Answer(body, ran=False, code=errors.THROTTLED, retry_after=wait)
