"""What is stored of analytics: figures of learners, and reports of classes and teachers."""
