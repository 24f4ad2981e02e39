"""What we ask Shopify's GraphQL Admin API: fields and page sizes. The sizes keep every query below the 1,000 points
that one may cost, also if each page were full.
"""

VERSION = "2026-07"
"""Of the Admin API; Shopify supports each for a year."""

_MONEY = "fragment Both on MoneyBag { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"
_TAXES = "fragment Tax on TaxLine { title rate priceSet { ...Both } }"
_SHARES = "fragment Share on DiscountAllocation { allocatedAmountSet { ...Both } discountApplication { index } }"
_ADDRESS = """
fragment Place on MailingAddress {
  firstName lastName name company address1 address2 city zip province provinceCode country countryCodeV2 phone
}"""
_LINE = """
fragment Line on LineItem {
  id title variantTitle name sku vendor quantity currentQuantity requiresShipping taxable isGiftCard
  product { id productType tags }
  weight { unit value }
  customAttributes { key value }
  originalUnitPriceSet { ...Both }
  discountAllocations { ...Share }
  taxLines { ...Tax }
  duties { price { ...Both } taxLines { ...Tax } }
}"""
_FULFILMENT = """
fragment Fulfilment on Fulfillment {
  id status displayStatus createdAt updatedAt deliveredAt
  trackingInfo(first: 20) { company number url }
  fulfillmentLineItems(first: $held, after: $after) {
    nodes { quantity lineItem { id requiresShipping } } pageInfo { hasNextPage endCursor }
  }
}"""
_PAYMENT = "fragment Payment on OrderTransaction { kind status gateway amountSet { ...Both } }"

CHANGED = """
query Changed($search: String!, $after: String) {
  orders(first: 250, after: $after, query: $search, sortKey: UPDATED_AT) {
    nodes { id updatedAt } pageInfo { hasNextPage endCursor }
  }
}"""

ORDER = f"""
query Whole($id: ID!, $held: Int = 10, $after: String) {{
  order(id: $id) {{
    id name number createdAt processedAt updatedAt cancelledAt cancelReason test
    currencyCode presentmentCurrencyCode taxesIncluded dutiesIncluded displayFinancialStatus
    totalPriceSet {{ ...Both }} subtotalPriceSet {{ ...Both }} totalTaxSet {{ ...Both }}
    totalDiscountsSet {{ ...Both }} totalTipReceivedSet {{ ...Both }}
    originalTotalDutiesSet {{ ...Both }} originalTotalAdditionalFeesSet {{ ...Both }}
    taxLines {{ ...Tax }}
    email phone customerLocale note tags sourceName paymentGatewayNames
    customAttributes {{ key value }}
    retailLocation {{ id }}
    customer {{
      id firstName lastName tags defaultEmailAddress {{ emailAddress }} defaultPhoneNumber {{ phoneNumber }}
    }}
    billingAddress {{ ...Place }}
    shippingAddress {{ ...Place }}
    discountApplications(first: 25) {{
      nodes {{
        index
        ... on AutomaticDiscountApplication {{ title }}
        ... on DiscountCodeApplication {{ code }}
        ... on ManualDiscountApplication {{ title description }}
        ... on ScriptDiscountApplication {{ title }}
      }}
      pageInfo {{ hasNextPage endCursor }}
    }}
    shippingLines(first: 5) {{ nodes {{ ...Shipping }} pageInfo {{ hasNextPage endCursor }} }}
    lineItems(first: 10) {{ nodes {{ ...Line }} pageInfo {{ hasNextPage endCursor }} }}
    fulfillmentsCount {{ count }}
    fulfillments(first: 5) {{ ...Fulfilment }}
    transactions {{ ...Payment }}
    refunds {{ id }}
  }}
}}
fragment Shipping on ShippingLine {{
  id title originalPriceSet {{ ...Both }} discountedPriceSet {{ ...Both }} discountAllocations {{ ...Share }}
  taxLines {{ ...Tax }}
}}
{_LINE} {_FULFILMENT} {_PAYMENT} {_ADDRESS} {_SHARES} {_TAXES} {_MONEY}"""

MORE_LINES = f"""
query MoreLines($id: ID!, $after: String) {{
  order(id: $id) {{
    updatedAt lineItems(first: 25, after: $after) {{ nodes {{ ...Line }} pageInfo {{ hasNextPage endCursor }} }}
  }}
}}
{_LINE} {_SHARES} {_TAXES} {_MONEY}"""

MORE_DISCOUNTS = """
query MoreDiscounts($id: ID!, $after: String) {
  order(id: $id) {
    updatedAt
    discountApplications(first: 100, after: $after) {
      nodes {
        index
        ... on AutomaticDiscountApplication { title }
        ... on DiscountCodeApplication { code }
        ... on ManualDiscountApplication { title description }
        ... on ScriptDiscountApplication { title }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""

MORE_SHIPPING = f"""
query MoreShipping($id: ID!, $after: String) {{
  order(id: $id) {{
    updatedAt
    shippingLines(first: 25, after: $after) {{
      nodes {{
        id title originalPriceSet {{ ...Both }} discountedPriceSet {{ ...Both }} discountAllocations {{ ...Share }}
        taxLines {{ ...Tax }}
      }}
      pageInfo {{ hasNextPage endCursor }}
    }}
  }}
}}
{_SHARES} {_TAXES} {_MONEY}"""

FULFILMENTS = "query Fulfilments($id: ID!) { order(id: $id) { updatedAt fulfillments { id } } }"

FULFILMENT = f"""
query OneFulfilment($id: ID!, $held: Int = 100, $after: String) {{
  fulfillment(id: $id) {{ order {{ updatedAt }} ...Fulfilment }}
}}
{_FULFILMENT}"""

REFUND = f"""
query OneRefund($id: ID!, $after: String) {{
  refund(id: $id) {{
    id createdAt processedAt note order {{ updatedAt }}
    refundLineItems(first: 50, after: $after) {{
      nodes {{ quantity restockType lineItem {{ id }} subtotalSet {{ ...Both }} totalTaxSet {{ ...Both }} }}
      pageInfo {{ hasNextPage endCursor }}
    }}
    refundShippingLines(first: 10) {{
      nodes {{ subtotalAmountSet {{ ...Both }} }} pageInfo {{ hasNextPage }}
    }}
    transactions(first: 50) {{ nodes {{ ...Payment }} pageInfo {{ hasNextPage }} }}
  }}
}}
{_PAYMENT} {_MONEY}"""
