print("cognitron")
