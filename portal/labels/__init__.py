"""Labels: what a return's label says, how it looks, and the process that turns it into PDF.

`document.render_return_label` makes one; `service` keeps its row; the QR code for screens comes from `codes.qr_svg`.
"""
