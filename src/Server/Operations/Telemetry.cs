using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sallyport.Server.Configuration;

namespace Sallyport.Server.Operations;

/// <summary>Sends metrics and traces by OTLP over HTTP, when the operator said where to; nothing leaves otherwise.</summary>
internal static class Telemetry
{
    public static void AddTelemetry(this IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<ServerMetrics>();
        if (settings.Telemetry is not { } target)
        {
            return;
        }

        services.AddHostedService<WorkGauge>();
        var version = typeof(Telemetry).Assembly.GetName().Version?.ToString(3);
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("sallyport-server", serviceVersion: version))
            .WithMetrics(metrics => metrics
                .AddMeter(ServerMetrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddOtlpExporter(options => Send(options, target, "v1/metrics")))
            .WithTracing(traces => traces
                .AddSource(ServerMetrics.Name)
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
                .AddOtlpExporter(options => Send(options, target, "v1/traces")));
    }

    // An address that is set by program is taken as it is: the signal's path is ours to add (OTLP 1.x, "OTLP/HTTP request").
    private static void Send(OtlpExporterOptions options, Uri target, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri($"{target.ToString().TrimEnd('/')}/{path}");
    }
}
