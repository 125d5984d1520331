// Everything that the house offers, by one import.
@_exported import OrchardAdapters
@_exported import OrchardAlignment
@_exported import OrchardAugmentation
@_exported import OrchardDatasets
@_exported import OrchardEncoders
@_exported import OrchardEvaluation
@_exported import OrchardGeneration
@_exported import OrchardGrammars
@_exported import OrchardHub
@_exported import OrchardJSON
@_exported import OrchardLayers
@_exported import OrchardModels
@_exported import OrchardReports
@_exported import OrchardSettings
@_exported import OrchardTensors
@_exported import OrchardTokenizers
@_exported import OrchardTraining
