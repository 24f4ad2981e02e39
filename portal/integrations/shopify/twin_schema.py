"""The part of Shopify's GraphQL Admin API that its twin speaks: types, fields, arguments by their documented names."""

from graphql import GraphQLSchema, build_schema

_PAGES = "first: Int, after: String"


def _connection(name: str) -> str:
    return f"type {name}Connection {{ nodes: [{name}!]!, pageInfo: PageInfo! }}\n"


_LANGUAGE = f"""
scalar DateTime
scalar Decimal
scalar URL

enum OrderSortKeys {{ CREATED_AT ID PROCESSED_AT UPDATED_AT }}

type Query {{
  orders({_PAGES}, query: String, sortKey: OrderSortKeys = PROCESSED_AT, reverse: Boolean = false): OrderConnection!
  order(id: ID!): Order
  fulfillment(id: ID!): Fulfillment
  refund(id: ID!): Refund
}}
type PageInfo {{ hasNextPage: Boolean!, endCursor: String }}
type MoneyV2 {{ amount: Decimal!, currencyCode: String! }}
type MoneyBag {{ shopMoney: MoneyV2!, presentmentMoney: MoneyV2! }}
type Attribute {{ key: String!, value: String }}
type Count {{ count: Int! }}
type Location {{ id: ID! }}
type CustomerEmailAddress {{ emailAddress: String! }}
type CustomerPhoneNumber {{ phoneNumber: String! }}
type TaxLine {{ title: String!, rate: Float, priceSet: MoneyBag! }}
type Duty {{ price: MoneyBag!, taxLines: [TaxLine!]! }}
type DiscountAllocation {{ allocatedAmountSet: MoneyBag!, discountApplication: DiscountApplication! }}
interface DiscountApplication {{ index: Int! }}
type AutomaticDiscountApplication implements DiscountApplication {{ index: Int!, title: String! }}
type DiscountCodeApplication implements DiscountApplication {{ index: Int!, code: String! }}
type ManualDiscountApplication implements DiscountApplication {{ index: Int!, title: String!, description: String }}
type ScriptDiscountApplication implements DiscountApplication {{ index: Int!, title: String! }}
type Weight {{ unit: String!, value: Float! }}
type Product {{ id: ID!, productType: String!, tags: [String!]! }}
type Customer {{
  id: ID!, firstName: String, lastName: String, tags: [String!]!
  defaultEmailAddress: CustomerEmailAddress, defaultPhoneNumber: CustomerPhoneNumber
}}
type MailingAddress {{
  firstName: String, lastName: String, name: String, company: String, address1: String, address2: String
  city: String, zip: String, province: String, provinceCode: String, country: String, countryCodeV2: String
  phone: String
}}
type LineItem {{
  id: ID!, title: String!, variantTitle: String, name: String!, sku: String, vendor: String, product: Product
  quantity: Int!, currentQuantity: Int!, requiresShipping: Boolean!, taxable: Boolean!, isGiftCard: Boolean!
  customAttributes: [Attribute!]!, weight: Weight, originalUnitPriceSet: MoneyBag!
  discountAllocations: [DiscountAllocation!]!
  taxLines: [TaxLine!]!, duties: [Duty!]!
}}
type ShippingLine {{
  id: ID, title: String!, originalPriceSet: MoneyBag!, discountedPriceSet: MoneyBag!
  discountAllocations: [DiscountAllocation!]!, taxLines: [TaxLine!]!
}}
type FulfillmentTrackingInfo {{ company: String, number: String, url: URL }}
type FulfillmentLineItem {{ quantity: Int, lineItem: LineItem! }}
type Fulfillment {{
  id: ID!, status: String!, displayStatus: String, createdAt: DateTime!, updatedAt: DateTime!, deliveredAt: DateTime
  order: Order!, location: Location, trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
  fulfillmentLineItems({_PAGES}): FulfillmentLineItemConnection!
}}
type OrderTransaction {{ kind: String!, status: String!, gateway: String, amountSet: MoneyBag! }}
type RefundLineItem {{
  quantity: Int!, restockType: String!, lineItem: LineItem!, subtotalSet: MoneyBag!, totalTaxSet: MoneyBag!
}}
type RefundShippingLine {{ subtotalAmountSet: MoneyBag! }}
type Refund {{
  id: ID!, createdAt: DateTime, processedAt: DateTime!, note: String, order: Order!
  refundLineItems({_PAGES}): RefundLineItemConnection!
  refundShippingLines({_PAGES}): RefundShippingLineConnection!
  transactions({_PAGES}): OrderTransactionConnection!
}}
type Order {{
  id: ID!, name: String!, number: Int!, createdAt: DateTime!, processedAt: DateTime!, updatedAt: DateTime!
  cancelledAt: DateTime, cancelReason: String, test: Boolean!, currencyCode: String!, presentmentCurrencyCode: String!
  taxesIncluded: Boolean!, dutiesIncluded: Boolean!, displayFinancialStatus: String
  totalPriceSet: MoneyBag!, subtotalPriceSet: MoneyBag, totalTaxSet: MoneyBag, totalDiscountsSet: MoneyBag
  totalTipReceivedSet: MoneyBag!, originalTotalDutiesSet: MoneyBag, originalTotalAdditionalFeesSet: MoneyBag
  taxLines: [TaxLine!]!, email: String, phone: String, customerLocale: String, note: String, tags: [String!]!
  sourceName: String, paymentGatewayNames: [String!]!, customAttributes: [Attribute!]!, retailLocation: Location
  customer: Customer, billingAddress: MailingAddress, shippingAddress: MailingAddress
  discountApplications({_PAGES}): DiscountApplicationConnection!
  shippingLines({_PAGES}): ShippingLineConnection!
  lineItems({_PAGES}): LineItemConnection!
  fulfillmentsCount: Count
  fulfillments(first: Int): [Fulfillment!]!
  transactions(first: Int): [OrderTransaction!]!
  refunds(first: Int): [Refund!]!
}}
"""
_CONNECTED = ("Order", "LineItem", "ShippingLine", "DiscountApplication", "FulfillmentLineItem", "RefundLineItem",
              "RefundShippingLine", "OrderTransaction")  # fmt: skip


def read_schema() -> GraphQLSchema:
    """The schema, to be asked with nodes as dictionaries; a value that takes arguments is a function."""
    return build_schema(_LANGUAGE + "".join(map(_connection, _CONNECTED)))
