import Literate
print("neuronbook")
