"""What we ask Shopify's GraphQL Admin API: fields and page sizes. The sizes keep every query below the 1,000 points
that one may cost, also if each page were full; the commonest one costs little enough for several at once.
"""

VERSION = "2026-07"
"""Of the Admin API; Shopify supports each for a year."""

# What the shopper saw and paid: the other side, the shop's own currency, is never read and costs a point each time.
_MONEY = "fragment Paid on MoneyBag { presentmentMoney { amount currencyCode } }"
_TAXES = "fragment Tax on TaxLine { title rate priceSet { ...Paid } }"
_SHARES = "fragment Share on DiscountAllocation { allocatedAmountSet { ...Paid } discountApplication { index } }"
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
  originalUnitPriceSet { ...Paid }
  discountAllocations { ...Share }
  taxLines { ...Tax }
  duties { price { ...Paid } taxLines { ...Tax } }
}"""
_FULFILMENT = """
fragment Fulfilment on Fulfillment {
  id status displayStatus createdAt updatedAt deliveredAt location { id }
  trackingInfo { company number url }
  fulfillmentLineItems(first: $held, after: $after) {
    nodes { quantity lineItem { id requiresShipping } } pageInfo { hasNextPage endCursor }
  }
}"""
_PAYMENT = "fragment Payment on OrderTransaction { kind status gateway amountSet { ...Paid } }"

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
    totalPriceSet {{ ...Paid }} subtotalPriceSet {{ ...Paid }} totalTaxSet {{ ...Paid }}
    totalDiscountsSet {{ ...Paid }} totalTipReceivedSet {{ ...Paid }}
    originalTotalDutiesSet {{ ...Paid }} originalTotalAdditionalFeesSet {{ ...Paid }}
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
    fulfillments(first: 3) {{ ...Fulfilment }}
    transactions {{ ...Payment }}
    refunds {{ id }}
  }}
}}
fragment Shipping on ShippingLine {{
  id title originalPriceSet {{ ...Paid }} discountedPriceSet {{ ...Paid }} discountAllocations {{ ...Share }}
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
        id title originalPriceSet {{ ...Paid }} discountedPriceSet {{ ...Paid }} discountAllocations {{ ...Share }}
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
      nodes {{ quantity restockType lineItem {{ id }} subtotalSet {{ ...Paid }} totalTaxSet {{ ...Paid }} }}
      pageInfo {{ hasNextPage endCursor }}
    }}
    refundShippingLines(first: 10) {{
      nodes {{ subtotalAmountSet {{ ...Paid }} }} pageInfo {{ hasNextPage }}
    }}
    transactions(first: 50) {{ nodes {{ ...Payment }} pageInfo {{ hasNextPage }} }}
  }}
}}
{_PAYMENT} {_MONEY}"""
