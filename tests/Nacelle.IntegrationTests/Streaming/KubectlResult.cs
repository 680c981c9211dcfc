namespace Nacelle.IntegrationTests.Streaming;

internal sealed record KubectlResult(int ExitCode, string Output, string Error);
