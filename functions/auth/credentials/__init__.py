"""What proves who somebody is: passwords, codes and second factors, and the counters of failed tries."""
