infix operator .!= : ComparisonPrecedence
