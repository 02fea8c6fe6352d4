"""Vouchers: PINs printed in bulk, and redeemed one by one."""
