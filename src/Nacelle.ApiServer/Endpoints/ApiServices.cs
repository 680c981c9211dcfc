using Microsoft.Extensions.Logging;
using Nacelle.ApiServer.Admission;
using Nacelle.ApiServer.Storage;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>What the endpoints share; one for the life of the server.</summary>
internal sealed class ApiServices(ObjectStore store, ApiServerOptions options, ILoggerFactory loggerFactory, CancellationToken stopping)
{
    public ObjectStore Store { get; } = store;

    public ApiServerOptions Options { get; } = options;

    public TimeProvider Clock => Options.TimeProvider;

    public ILoggerFactory LoggerFactory { get; } = loggerFactory;

    /// <summary>Cancelled when the server stops: what runs without end must then end.</summary>
    public CancellationToken Stopping { get; } = stopping;

    public AdmissionChain Admission { get; } = new(store);

    public CreateFlow Create => field ??= new CreateFlow(Store, Admission, Clock);

    public UpdateFlow Update => field ??= new UpdateFlow(Store, Admission, Clock);

    public DeleteFlow Delete => field ??= new DeleteFlow(Store, Clock);
}
