"""Adobe Commerce and Magento Open Source: what their REST API and webhooks send, as our records. Pure."""
