"""What is wrong with a corpus folder (check), and how far its labelling is (status)."""
