using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Sallyport.Server.Store;

/// <summary>
/// PostgreSQL's text holds no NUL: a request that has one in what is kept or asked for, wherever it stands, is a mistake of who sent it, and
/// none of the server.
/// </summary>
internal sealed class UnkeptText(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire })
        {
            return false;
        }

        httpContext.Response.StatusCode = StatusCodes.Status400BadRequest;
        await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails { Status = StatusCodes.Status400BadRequest, Title = "The request holds a NUL (U+0000), which no text has." },
        });
        return true;
    }
}
