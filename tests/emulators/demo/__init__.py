"""`make demo`: the product as it is, an emulated Telegram, a model, and a page to chat in."""
