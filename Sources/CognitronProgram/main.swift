import CognitronCLI

CommandLineProgram.main()
