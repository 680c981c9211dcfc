using Xunit;

namespace Nacelle.IntegrationTests.Images;

/// <summary>Tests that measure this process run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}
