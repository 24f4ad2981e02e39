"""How a merchant looks: design tokens become custom properties, a theme folder becomes one frozen `Theme`.

Anyone above may ask `themes` for a theme; nothing here knows about requests, pages or the database.
"""
