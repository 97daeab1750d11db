using Microsoft.AspNetCore.Http.HttpResults;
using Sallyport.Server.Work;

namespace Sallyport.Server.Operations;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: the database answers too, work goes on here, and the server
/// is not about to stop.
/// </summary>
internal static class Health
{
    /// <summary>Work that was due for so long while this replica did not even look is stuck.</summary>
    public static readonly TimeSpan StuckTime = TimeSpan.FromMinutes(10);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Text("live")).ExcludeFromDescription();
        routes.MapGet("/health/ready", ReadyAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> ReadyAsync(
        WorkQueue queue, TimeProvider time, IHostApplicationLifetime life, CancellationToken cancellation)
    {
        if (life.ApplicationStopping.IsCancellationRequested)
        {
            return NotReady("the server stops");
        }

        try
        {
            var state = await queue.StateAsync(cancellation);
            var before = (time.GetUtcNow() - StuckTime).ToUnixTimeMilliseconds();
            if (state.OldestDueMs < before && queue.LastLookMs < before)
            {
                return NotReady($"{state.Due} pieces of work are due, and none was begun here for {StuckTime.TotalMinutes:0} minutes");
            }

            // A job that cannot be folded is no reason to take no other.
            return TypedResults.Text(state.Failing == 0 ? "ready" : $"ready; {state.Failing} pieces of work failed {WorkState.Often} times or more");
        }
#pragma warning disable CA1031 // Whatever it is that the database says.
        catch (Exception e) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return NotReady(e.GetType().Name);
        }
    }

    private static ContentHttpResult NotReady(string why) => TypedResults.Text($"not ready: {why}", statusCode: StatusCodes.Status503ServiceUnavailable);
}
