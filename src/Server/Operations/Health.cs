using Sallyport.Server.Store;

namespace Sallyport.Server.Operations;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: the database answers too.</summary>
internal static class Health
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Text("live")).ExcludeFromDescription();
        routes.MapGet("/health/ready", ReadyAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> ReadyAsync(Database database, CancellationToken cancellation)
    {
        try
        {
            await database.OneAsync<long>("SELECT 1", null, cancellation);
            return TypedResults.Text("ready");
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            return TypedResults.Text($"not ready: {e.GetType().Name}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
