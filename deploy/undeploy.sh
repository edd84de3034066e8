#!/bin/sh
# Takes a stack away, and says what stays: `make undeploy STACK=name`. Nothing that was recorded
# goes; the last lines say how to remove that too.
set -eu

stack=${1:?usage: undeploy.sh STACK}

output() {
    aws cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}

table=$(output TableName)
blobs=$(output BlobsBucket)
log=$(output AuditBucket)
pool=$(output UserPoolId)
web=$(output WebBucket)

cat <<END
This takes away the functions, the API, the distribution, queues, bus and alarms of $stack.
What is still in a queue is lost: look that both are empty. These stay, with what they cost:
  table      $table (protected against deletion)
  bucket     $blobs: photos, fixes, history
  bucket     $log: the audit log, locked
  secrets    /$stack/... in SSM, with them the key that signs the log
END
[ -z "$pool" ] || echo "  user pool  $pool (protected against deletion)"
printf 'Type the name of the stack to go on: '
read -r answer
[ "$answer" = "$stack" ] || {
    echo "Nothing was changed."
    exit 1
}

# Its files are in the repository.
aws s3 rm "s3://$web" --recursive >/dev/null
aws cloudformation delete-stack --stack-name "$stack"
aws cloudformation wait stack-delete-complete --stack-name "$stack"

cat <<END
Gone. To remove for ever what stays, and nobody can bring it back:
  aws dynamodb update-table --table-name $table --no-deletion-protection-enabled
  aws dynamodb delete-table --table-name $table
  aws s3 rb --force s3://$blobs
END
[ -z "$pool" ] || cat <<END
  aws cognito-idp update-user-pool --user-pool-id $pool --deletion-protection INACTIVE
  aws cognito-idp delete-user-pool --user-pool-id $pool
END
echo "The audit log in $log can be removed once its lock has run out, after its policy."
