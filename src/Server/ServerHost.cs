using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sallyport.Server.Access;
using Sallyport.Server.Configuration;
using Sallyport.Server.DenyLists;
using Sallyport.Server.Ingest;
using Sallyport.Server.Insights;
using Sallyport.Server.Operations;
using Sallyport.Server.Overrides;
using Sallyport.Server.Policies;
using Sallyport.Server.Recordings;
using Sallyport.Server.Search;
using Sallyport.Server.Reference;
using Sallyport.Server.Retention;
using Sallyport.Server.Store;
using Sallyport.Server.Ui;
using Sallyport.Server.Work;

namespace Sallyport.Server;

/// <summary>The parts of the server in the order of the data, and the application that is made of them.</summary>
internal static class ServerHost
{
    /// <summary>What is under way when the server is told to stop, uploads above all, has so long.</summary>
    public static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    /// <summary>Of a request's body: who sends more slowly is cut off, and a segment is under way for some minutes at most.</summary>
    private const double SlowestBytesPerSecond = 4 << 10;

    /// <summary>The application, its database brought up to this version; not started.</summary>
    public static async Task<WebApplication> BuildAsync(ServerSettings settings, Action<WebApplicationBuilder>? change = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(ServerHost).Assembly.GetName().Name });
        builder.WebHost.UseUrls(settings.Listen.ToString());
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(SlowestBytesPerSecond, gracePeriod: TimeSpan.FromSeconds(30));
        });
        builder.Logging.AddLogs(settings.Logs);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        AddStore(builder.Services, settings);
        builder.Services.AddAccess(settings);
        AddIngest(builder.Services);
        AddInsights(builder.Services);
        builder.Services.AddUi(settings);
        builder.Services.AddSearch();
        builder.Services.AddTelemetry(settings);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTime);
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<UnkeptText>();
        builder.Services.AddExceptionHandler<KeysAway>();
        builder.Services.AddReference(settings);
        change?.Invoke(builder);

        var app = builder.Build();
        app.Services.GetRequiredService<DataFolder>().Take();
        var database = app.Services.GetRequiredService<Database>();
        await Migrator.MigrateAsync(database, CancellationToken.None);
        await LaterVersion.TellAsync(database, app.Logger, CancellationToken.None);
        await MasterKeyCheck.RunAsync(database, settings, CancellationToken.None);
        Proxies.Use(app, settings);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        UiHost.Use(app);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        UiHost.Map(app);
        ReferencePage.Map(app);
        Health.Map(app);
        IngestEndpoints.Map(app);
        InsightEndpoints.Map(app);
        PolicyEndpoints.Map(app);
        BaselineEndpoints.Map(app);
        DenyListEndpoints.Map(app);
        OverrideEndpoints.Map(app);
        SearchEndpoints.Map(app);
        return app;
    }

    private static void AddStore(IServiceCollection services, ServerSettings settings)
    {
        services.AddSingleton<DataFolder>();
        services.AddSingleton(new Database(settings.Database, settings.ConnectionString));
        services.AddSingleton(RecordingStores.Open(settings));
        services.AddSingleton<WorkQueue>();
        services.AddHostedService<Worker>();
    }

    private static void AddIngest(IServiceCollection services)
    {
        services.AddSingleton<JobIntake>();
        services.AddSingleton<SegmentIntake>();
        services.AddSingleton<SegmentGate>();
        services.AddSingleton<LiveJobs>();
        services.AddSingleton<SegmentLedger>();
        services.AddHostedService(provider => provider.GetRequiredService<SegmentLedger>());
    }

    private static void AddInsights(IServiceCollection services)
    {
        services.AddSingleton<Jobs>();
        services.AddSingleton(new ReportGate(ReportGate.MaximumAtOnce, ReportGate.Patience));
        services.AddSingleton<Reports>();
        services.AddSingleton<JobNews>();
        services.AddSingleton<JobCounts>();
        services.AddSingleton<PolicyStore>();
        services.AddSingleton<PolicyPreview>();
        services.AddSingleton<DenyListStore>();
        services.AddSingleton<OverrideStore>();
        services.AddSingleton<IWorkHandler, FinishJob>();
        services.AddSingleton<IJobData, StoredJobData>();
        services.AddSingleton<SilentJobs>();
        services.AddSingleton<RetentionStore>();
        services.AddSingleton<PastRetention>();
        services.AddSingleton<ExpiredJobs>();
        services.AddSingleton<IWorkHandler, Sweep>();
        services.AddSingleton<IWorkHandler, Trim>();
    }
}
