using Sallyport.Server.Insights;
using Sallyport.Server.Retention;

namespace Sallyport.Server.Search;

/// <summary>Puts the parts of the search together.</summary>
internal static class SearchSetup
{
    public static void AddSearch(this IServiceCollection services)
    {
        services.AddSingleton<EventFiles>();
        services.AddSingleton<EventSearch>();
        services.AddSingleton<SavedSearches>();
        services.AddSingleton<IEventSink, ParquetSink>();
        services.AddSingleton<IJobData, ParquetJobData>();
        services.AddHostedService<ParquetMirror>();
    }
}
