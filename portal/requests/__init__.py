"""What a shopper asks of the merchant's team: another address, another delivery, a pick-up point, help with a
problem.
"""
