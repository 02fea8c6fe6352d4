"""Payment providers for a local stack: one program that answers as Paystack, Flutterwave and Stripe do."""
